import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Prints alerts that no other alert covers, from the topic in Avro.
///
/// ```
/// java -cp "lib/*" ReadAlerts.java kafka-1:9092 ssh.alerts [RECORDS]
/// ```
class ReadAlerts {
  public static void main(String[] arguments) {
    var settings =
        Map.<String, Object>of(
            "bootstrap.servers", arguments[0],
            "group.id", "example-java",
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false",
            "max.poll.records", "1");
    long left = arguments.length > 2 ? Long.parseLong(arguments[2]) : Long.MAX_VALUE;
    var values = AvroSerde.of(Alert.class).deserializer();
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), values)) {
      consumer.subscribe(List.of(arguments[1]));
      while (left > 0) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          Alert alert = record.value();
          if (!alert.getCovered()) {
            System.out.printf("%s %s %s%n", alert.getAt(), alert.getState(), alert.getTitle());
          }
          left--;
        }
        consumer.commitSync(); // after they have been handled
      }
    }
  }
}
