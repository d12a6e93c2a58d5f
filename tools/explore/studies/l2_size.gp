set terminal svg size 960,400 font 'sans,12' background '#ffffff'
set output out
models = 'presence.tflite person_160.tflite person.tflite squeezenet_1_1.topo deeplab_513.topo mobilenet_v1.topo'
set logscale x 2
set logscale y
set xlabel 'L2, KiB'
set ylabel 'one inference, ms'
set title 'stripes where maps would not fit (circles), always (crosses)'
of(m, s, v) = strcol('model') eq m && strcol('stripes') eq s ? v : NaN
plot for [i=1:words(models)] csv using (of(word(models, i), 'auto', column('l2_kib'))):(column('npu_ms')) with linespoints pt 7 ps 0.6 lc rgb color[i] title short(word(models, i)), \
     for [i=1:words(models)] csv using (of(word(models, i), 'always', column('l2_kib'))):(column('npu_ms')) with points pt 2 ps 0.4 lc rgb color[i] notitle
