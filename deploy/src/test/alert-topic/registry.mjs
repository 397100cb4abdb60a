// Prints id, revision and title of alerts in the format of a schema registry, as its users' Kafka client reads them.
//
//   node registry.mjs kafka-1:9092 ssh.alerts http://registry:8080/apis/ccompat/v7 RECORDS
import {SchemaRegistry} from "@kafkajs/confluent-schema-registry";
import {Kafka, logLevel} from "kafkajs";

const [servers, topic, host, records] = process.argv.slice(2);
let left = Number(records);

const registry = new SchemaRegistry({host});
const kafka = new Kafka({clientId: "registry", brokers: servers.split(","), logLevel: logLevel.WARN});
const consumer = kafka.consumer({groupId: "registry"});
await consumer.connect();
await consumer.subscribe({topic, fromBeginning: true});
await consumer.run({
  eachMessage: async ({message}) => {
    // Others were written before there was a registry.
    if (message.value[0] === 0) {
      const {alertId, revision, title} = await registry.decode(message.value);
      console.log(`${alertId}/${revision} ${title}`);
    }
    if (--left === 0) {
      consumer.disconnect().then(() => process.exit());
    }
  },
});
