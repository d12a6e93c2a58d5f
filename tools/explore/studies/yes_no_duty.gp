set terminal svg size 960,360 font 'sans,12' background '#ffffff'
set output out
set multiplot layout 1,2
set logscale xy
set xlabel 'from decision to decision, ms'
g = '0 5 20'
of(n, v) = column('glances') == n ? v : NaN
set key inside top left
set ylabel 'energy of a decision, mJ'
plot for [i=1:3] csv using (of(word(g, i) + 0, column('look_ms'))):(column('energy_mj_frame')) with linespoints pt 7 ps 0.6 lc rgb color[i] title word(g, i).' glances to a look'
set ylabel 'mean power, mW'
set key off
unset logscale y
set yrange [0:80]
plot for [i=1:3] csv using (of(word(g, i) + 0, column('look_ms'))):(column('mean_mw')) with linespoints pt 7 ps 0.6 lc rgb color[i]
