// node load.cjs document.czml times.json: what CesiumJS understands of a CZML document, as JSON.
"use strict";

const fs = require("node:fs");

// CesiumJS asks of values whether they are of these browser classes; none of ours is.
for (const name of ["Image", "HTMLCanvasElement", "HTMLImageElement", "HTMLVideoElement", "ImageBitmap", "OffscreenCanvas"]) {
  globalThis[name] ??= class {};
}

const Cesium = require("cesium");

async function main(documentPath, timesPath) {
  const source = await Cesium.CzmlDataSource.load(JSON.parse(fs.readFileSync(documentPath, "utf8")));
  const times = JSON.parse(fs.readFileSync(timesPath, "utf8")).map((text) => Cesium.JulianDate.fromIso8601(text));
  const triple = (point) => (point === undefined ? null : [point.x, point.y, point.z]);
  const entities = {};
  for (const entity of source.entities.values) {
    entities[entity.id] = times.map((time) => ({
      available: entity.isAvailable(time),
      position: triple(entity.position?.getValueInReferenceFrame(time, Cesium.ReferenceFrame.FIXED)),
      line: entity.polyline?.positions.getValue(time)?.map(triple) ?? null,
      shown: entity.polyline?.show.getValue(time) ?? null,
    }));
  }
  const seconds = Cesium.JulianDate.secondsDifference(source.clock.stopTime, source.clock.startTime);
  process.stdout.write(JSON.stringify({ name: source.name, seconds, multiplier: source.clock.multiplier, entities }));
}

main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error);
  process.exit(1);
});
