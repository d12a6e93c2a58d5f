set terminal svg size 720,360 font 'sans,12' background '#ffffff'
set output out
cuts = '"boxes" "region" "boxes and pixels" "pixels"'
set logscale x
set xrange [50:2e7]
set yrange [4:9.5]
set xlabel 'bytes of a frame on the link'
set ylabel 'energy of a frame, mJ'
of(c, n, v) = strcol('cut') eq c && column('lanes') == n ? v : NaN
set title 'energy of the sensor, 1 lane (circles) and 2 (dots)'
plot for [i=1:4] csv using (of(word(cuts, i), 2, column('link_bytes_frame'))):(column('energy_mj_frame')) with points pt 7 ps 1 lc rgb color[i] title word(cuts, i), \
     for [i=1:4] csv using (of(word(cuts, i), 1, column('link_bytes_frame'))):(column('energy_mj_frame')) with points pt 6 ps 1.4 lc rgb color[i] notitle
