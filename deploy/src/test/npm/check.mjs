// Checks manifests, a file with a JSON array, against the published schemas of Kubernetes and Prometheus Operator.
// Prints one line for each problem; the status is 1 if there is any.
import {readFileSync} from "node:fs";

for (const manifest of JSON.parse(readFileSync(process.argv[2]))) {
  const {apiVersion, kind} = manifest;
  const library = apiVersion.startsWith("monitoring.coreos.com/") ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  try {
    const model = (await import(`${library}/${apiVersion}/${kind}`))[kind];
    new model(manifest).validate();
  } catch (problem) {
    process.exitCode = 1;
    console.log(`${kind} ${manifest.metadata?.name}: ${problem.message}`);
  }
}
