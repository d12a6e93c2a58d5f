set terminal svg size 960,360 font 'sans,11' background '#ffffff'
set output out
set multiplot layout 1,4
kinds = 'ws os is'
set logscale x 2
set logscale y
set xlabel 'rows of 2304 MACs'
set xtics (12, 24, 48, 96, 192)
of(m, k, o, v) = strcol('model') eq m && strcol('kind') eq k && column('overlap') == o && strcol('rates') eq 'ideal' ? v : NaN
set key inside top center samplen 1 font ',9'
do for [m in 'person_160.tflite mobilenet_v1.topo resnet18.topo squeezenet_1_1.topo'] {
    set title short(m) noenhanced
    stats csv using (of(m, 'imx500', 0, column('npu_ms'))) name 'LANES' nooutput
    plot LANES_min with lines dt 2 lc rgb '#1b1f24' title 'imx500, ideal', \
         for [i=1:3] csv using (of(m, word(kinds, i), 1, column('rows'))):(column('npu_ms')) with linespoints pt 7 ps 0.5 lc rgb color[i] title word(kinds, i).', overlap'
}
