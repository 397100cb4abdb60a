// Checks an AsyncAPI document and the Avro schemas in it with the parser of the AsyncAPI project. Prints one line for each
// problem; the status is 1 if there is any.
import {readFileSync} from "node:fs";
import {AvroSchemaParser} from "@asyncapi/avro-schema-parser";
import {Parser} from "@asyncapi/parser";

const file = process.argv[2];
const parser = new Parser();
parser.registerSchemaParser(AvroSchemaParser());
const {document, diagnostics} = await parser.parse(readFileSync(file, "utf8"), {source: file});
const ERROR = 0, WARNING = 1;
for (const problem of diagnostics.filter(({severity}) => severity === ERROR || severity === WARNING)) {
  process.exitCode = 1;
  console.log(`${problem.path.join(".")}: ${problem.message}`);
}
if (document) {
  for (const channel of document.channels().all()) {
    console.log(`${channel.address()}: ${channel.messages().all().map(message => Object.keys(message.payload().properties()).length)} fields`);
  }
}
