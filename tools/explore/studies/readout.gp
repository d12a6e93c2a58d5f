set terminal svg size 960,380 font 'sans,12' background '#ffffff'
set output out
set multiplot layout 1,2
set logscale x 2
set xtics (1, 2, 4)
set xlabel 'lanes'
set xrange [0.9:4.4]
set yrange [0:*]
of(b, r, f, v) = column('bits') == b && column('raw') == r && column('fps') == f ? v : NaN
set ylabel 'photon to alert, ms'
set title '30 frames/s asked for'
set key inside top right
plot for [i=1:3] csv using (of(6 + 2 * i, 1, 30, column('lanes'))):(column('latency_mean_ms')) with linespoints pt 7 ps 0.6 lc rgb color[i] title sprintf('%d bits, RAW leaves', 6 + 2 * i), \
     for [i=1:3] csv using (of(6 + 2 * i, 0, 30, column('lanes'))):(column('latency_mean_ms')) with linespoints pt 6 ps 0.6 dt 2 lc rgb color[i] title sprintf('%d bits, boxes leave', 6 + 2 * i)
set ylabel 'frames/s'
set title '120 frames/s asked for'
set key off
plot for [i=1:3] csv using (of(6 + 2 * i, 1, 120, column('lanes'))):(column('frame_rate_hz')) with linespoints pt 7 ps 0.6 lc rgb color[i], \
     for [i=1:3] csv using (of(6 + 2 * i, 0, 120, column('lanes'))):(column('frame_rate_hz')) with linespoints pt 6 ps 0.6 dt 2 lc rgb color[i]
