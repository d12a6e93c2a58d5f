# What all plots of studies share: csv (fovea explore csv), front (fovea explore front --csv), out.
set datafile separator comma
set datafile columnheaders
set datafile missing NaN # what is not of a line is left out, not a gap
set key outside right top samplen 2 spacing 1.1 noenhanced
set grid lc rgb '#d0d7de'
set tics nomirror
set border 3
short(m) = m[1:strstrt(m, '.') - 1]
array color[9] = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#b8a80a', '#6e7781', '#8250df']
