set terminal svg size 960,400 font 'sans,12' background '#ffffff'
set output out
set multiplot layout 1,2
models = 'mobilenet_v1_1.0_224_quant.tflite blazeface_front_128_int8.tflite vww_96_int8.tflite resnet8_cifar10_int8.tflite person_detect.tflite'
set logscale xy
set xlabel 'TOPS of the array'
set ylabel 'one inference, ms'
set key off
set title 'more MACs alone (dashed), all in proportion (solid)'
of(m, f, v) = strcol('model') eq m && strcol('feed') eq f ? v : NaN
plot for [i=1:words(models)] csv using (of(word(models, i), 'as the IMX500', column('tops'))):(column('npu_ms')) with linespoints pt 6 ps 0.5 dt 2 lc rgb color[i] notitle, \
     for [i=1:words(models)] csv using (of(word(models, i), 'in proportion', column('tops'))):(column('npu_ms')) with linespoints pt 7 ps 0.5 lc rgb color[i] notitle
set title 'Pareto fronts: latency, area'
set xlabel 'logic die, mm^2'
unset logscale x
set key inside top right samplen 1 font ',9' noenhanced
at(m, v) = strcol('model') eq m ? v : NaN
plot for [i=1:words(models)] csv using (at(word(models, i), column('area_logic_mm2'))):(column('npu_ms')) with points pt 7 ps 0.25 lc rgb color[i] notitle, \
     for [i=1:words(models)] front using (at(word(models, i), column('area_logic_mm2'))):(column('npu_ms')) with points pt 6 ps 0.8 lw 1.5 lc rgb color[i] title short(word(models, i))
