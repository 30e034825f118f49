"use strict";
document.querySelectorAll("script[data-plot]").forEach((holder) => {
  const spec = JSON.parse(holder.textContent);
  const place = document.getElementById(holder.dataset.plot);
  Plotly.newPlot(place, spec.data, spec.layout, { responsive: true, displaylogo: false, scrollZoom: false });
});
document.documentElement.dataset.drawn = document.querySelectorAll(".plot .main-svg").length;
