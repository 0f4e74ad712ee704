/** Suffixes of names, paths and keys. */
import { expect, test } from "vitest";
import { baseSuffix, suffixOf } from "../../src/formats/suffix.ts";

test.each([
  ["a.csv", ".csv"],
  ["my.file.v1.csv", ".csv"],
  ["raw/S1_R1.FASTQ.GZ", ".fastq.gz"],
  ["x.tsv.gz", ".tsv.gz"],
  ["x.mtx.gz", ".mtx.gz"],
  ["x.tar.gz", ".tar.gz"],
  ["x.h5ad.tar.gz", ".h5ad.tar.gz"],
  ["x.v1.tar.gz", ".tar.gz"],
  ["x.anndata.zarr", ".anndata.zarr"],
  ["x.vitessce.json", ".vitessce.json"],
  ["x.ome.zarr/", ".ome.zarr"],
  ["x.ome.hdf5", ".ome.hdf5"],
  ["x.parquet.zst", ".parquet.zst"],
  ["x.gz", ".gz"],
  ["data.2024.gz", ".gz"],
  ["x.mydata", ".mydata"],
  ["x.7z", ".7z"],
  ["release-7.2.0", ""],
  ["x.with space", ""],
  ["x.waytoolongforone", ""],
  ["no suffix", ""],
  [".bashrc", ""],
  [".csv", ""],
  [".gz", ""],
  ["folder.csv/.hidden", ""],
  ["folder.v1/file", ""],
  [".config.json", ".json"],
  ["trailing.", ""],
  ["", ""],
])("%s → %s", (name, suffix) => {
  expect(suffixOf(name)).toBe(suffix);
});

test("baseSuffix drops the compression", () => {
  expect([".csv.gz", ".gz", ".csv", "", ".h5ad.tar.gz"].map(baseSuffix)).toEqual([".csv", "", ".csv", "", ".h5ad.tar"]);
});
