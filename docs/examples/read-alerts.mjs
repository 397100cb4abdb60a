// Prints alerts that no other alert covers, from the topic in JSON. It needs the npm package kafkajs.
//
//   node read-alerts.mjs kafka-1:9092 ssh.alerts-json [RECORDS]
import {Kafka, logLevel} from "kafkajs";

const [servers, topic, records = Infinity] = process.argv.slice(2);
let left = Number(records);

const kafka = new Kafka({clientId: "example-node", brokers: servers.split(","), logLevel: logLevel.WARN});
// KafkaJS reads committed records only, unless it is told otherwise.
const consumer = kafka.consumer({groupId: "example-node"});
await consumer.connect();
await consumer.subscribe({topic, fromBeginning: true});
await consumer.run({
  eachMessage: async ({message}) => {
    const alert = JSON.parse(message.value.toString());
    if (!alert.covered) {
      console.log(alert.at, alert.state, alert.title);
    }
    if (--left === 0) {
      // Not awaited: it waits for this message.
      consumer.disconnect().then(() => process.exit());
    }
  },
});
