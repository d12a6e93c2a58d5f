set terminal svg size 960,360 font 'sans,12' background '#ffffff'
set output out
set multiplot layout 1,3
set logscale x 2
set xtics (14, 28, 56, 112)
set xlabel 'weights, bytes a cycle'
set ylabel 'one inference, ms'
set yrange [0:*]
set key inside bottom left samplen 1
of(m, v) = strcol('model') eq m && column('channels') == 8 ? v : NaN
do for [m in 'mobilenet_v1 resnet18 squeezenet_1_1'] {
    set title m noenhanced
    plot csv using (of(m.'.topo', column('weight_bytes'))):(column('npu_ms')) with linespoints pt 7 ps 0.6 lc rgb color[1] title '8 bits', \
         csv using (of(m.'_4.topo', column('weight_bytes'))):(column('npu_ms')) with linespoints pt 7 ps 0.6 lc rgb color[2] title '4 bits', \
         csv using (of(m.'_2.topo', column('weight_bytes'))):(column('npu_ms')) with linespoints pt 7 ps 0.6 lc rgb color[3] title '2 bits'
}
