package io.halfsecond.deploy.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halfsecond.collector.spool.Segment;
import io.halfsecond.collector.spool.Spool;
import io.halfsecond.collector.spool.SpoolListing;
import io.halfsecond.collector.spool.SpooledRecord;
import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Printable;
import io.halfsecond.schemas.RecordJson;
import io.halfsecond.schemas.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "spool",
    mixinStandardHelpOptions = true,
    description = {
      "Show which records of this host wait for Kafka, on disk.",
      "Changes nothing; the collector may run."
    },
    exitCodeList = {"0:whatever is there can be read", "1:something is damaged, or cannot be read"},
    footer = {
      "  sudo halfsecond spool              segments, topics and runs",
      "  sudo halfsecond spool --records    the records, one JSON object a line"
    })
final class SpoolCommand implements Callable<Integer> {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Surroundings around;

  @Mixin private ConfigurationOptions options = new ConfigurationOptions();

  /// The form of output.
  static final class OutputForm {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
        names = "--records",
        description = "Print each record that waits: a JSON object a line, the oldest first.")
    private boolean records;
  }

  @ArgGroup private OutputForm form = new OutputForm();

  SpoolCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws IOException {
    var configuration = options.load(around.environment());
    var directory = configuration.get(Catalogue.COLLECTOR_STATE).resolve(Spool.DIRECTORY);
    if (!Files.exists(directory)) {
      around.err().println("there is no spool: " + directory + " does not exist");
      return ExitStatus.DONE;
    }
    var topics =
        Clusters.topics(configuration).all().stream()
            .collect(Collectors.toMap(Topic::name, Function.<Topic<?>>identity()));
    var listing =
        SpoolListing.of(
            directory,
            spooled -> {
              if (form.records) {
                around
                    .out()
                    .println(
                        Printable.json(
                            record(spooled, Optional.ofNullable(topics.get(spooled.topic())))
                                .toString()));
              }
            });
    if (form.json) {
      around.out().println(Printable.json(json(directory, listing).toString()));
    } else if (!form.records) {
      print(directory, listing);
    }
    return listing.corrupt() ? ExitStatus.FINDING_OR_FAILURE : ExitStatus.DONE;
  }

  private static ObjectNode record(SpooledRecord spooled, Optional<Topic<?>> topic) {
    var line =
        NODES
            .objectNode()
            .put("topic", spooled.topic())
            .put("key", spooled.record().key())
            .put("collector", spooled.run())
            .put("sequence", spooled.sequence())
            .put("madeAt", spooled.madeAt().toString());
    try {
      if (topic.isPresent()
          && topic
                  .get()
                  .valueSerde()
                  .deserializer()
                  .deserialize(spooled.topic(), spooled.record().value())
              instanceof SpecificRecord value) {
        line.set("value", RecordJson.of(value));
      } else {
        line.put("unreadable", "the topic is not one of Halfsecond's");
      }
    } catch (SerializationException e) {
      line.put("unreadable", e.getMessage());
    }
    return line;
  }

  private static ObjectNode json(Path directory, SpoolListing listing) {
    var json = NODES.objectNode().put("directory", directory.toString());
    var segments = json.putArray("segments");
    for (var segment : listing.segments()) {
      var node =
          segments
              .addObject()
              .put("file", segment.name())
              .put("bytes", segment.bytes())
              .put("corruptBytes", segment.corruptBytes())
              .put("corruptRecords", segment.corruptRecords())
              .put("oldestAt", text(segment.oldestAt()))
              .put("newestAt", text(segment.newestAt()));
      var waiting = node.putArray("waiting");
      segment
          .waiting()
          .forEach(
              (key, count) ->
                  waiting
                      .addObject()
                      .put("topic", key.topic())
                      .put("collector", key.run())
                      .put("records", count));
    }
    var runs = json.putArray("runs");
    for (var run : listing.runs()) {
      runs.addObject()
          .put("collector", run.collector())
          .put("assigned", run.assigned())
          .put("acknowledged", run.acknowledged())
          .put("unaccounted", run.unaccounted())
          .put("ended", run.ended())
          .set("dropped", counts(run.dropped()));
    }
    listing.foreign().forEach(json.putArray("foreign")::add);
    return json;
  }

  private static ObjectNode counts(Map<String, Long> counts) {
    var node = NODES.objectNode();
    new TreeMap<>(counts).forEach(node::put);
    return node;
  }

  @SuppressWarnings("NullAway") // null becomes JSON's
  private static String text(Optional<Instant> at) {
    return at.map(Instant::toString).orElse(null);
  }

  private void print(Path directory, SpoolListing listing) {
    var out = around.out();
    long bytes = listing.segments().stream().mapToLong(SpoolListing.Listed::bytes).sum();
    long waiting = listing.segments().stream().mapToLong(SpoolListing.Listed::waitingInAll).sum();
    out.printf(
        "%s: %,d records wait, %,d bytes in %d segments%n",
        directory, waiting, bytes, listing.segments().size());
    listing.segments().stream()
        .flatMap(segment -> segment.oldestAt().stream())
        .min(Instant::compareTo)
        .ifPresent(at -> out.println("the oldest is of " + at));
    var byKey = new TreeMap<String, Long>();
    for (var segment : listing.segments()) {
      segment.waiting().forEach((key, count) -> byKey.merge(name(key), count, Long::sum));
      if (segment.corruptBytes() > 0 || segment.corruptRecords() > 0) {
        out.printf(
            "%s is damaged: %,d bytes and %,d records cannot be read%n",
            segment.name(), segment.corruptBytes(), segment.corruptRecords());
      }
    }
    byKey.forEach((name, count) -> out.printf("%10d  %s%n", count, name));
    for (var run : listing.runs()) {
      if (run.unaccounted() > 0 || !run.dropped().isEmpty()) {
        out.printf(
            "run %s: dropped %s; up to %d lost when it was killed%n",
            run.collector(), new TreeMap<>(run.dropped()), run.unaccounted());
      }
    }
    if (!listing.foreign().isEmpty()) {
      out.println("files of others: " + Printable.of(String.join(", ", listing.foreign())));
    }
  }

  private static String name(Segment.Key key) {
    return key.topic() + ", run " + key.run();
  }
}
