package io.halfsecond.deploy.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halfsecond.deploy.simulation.Simulation.AffectedHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// What was simulated, and what the topology must find in it: the content of a file that
/// [Verification] compares with the alerts.
///
/// @param end event time of the last record
/// @param hosts how many
/// @param cohorts how many
/// @param perMinute connections of a host
/// @param records how many were written by then
/// @param cohortOf the cohorts of the affected hosts, by host
public record Expectations(
    Instant begin,
    Instant end,
    int hosts,
    int cohorts,
    double perMinute,
    long records,
    List<Injected> injections,
    Map<String, String> cohortOf) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What was injected.
  ///
  /// @param text as on the command line
  /// @param shift whether there must be alerts
  /// @param settled time from its beginning on a host until it has its full size there
  /// @param library that an alert must name; empty for none
  /// @param hosts since when, by name
  public record Injected(
      String text,
      boolean shift,
      Duration settled,
      Optional<String> library,
      Map<String, Instant> hosts) {
    public Injected {
      hosts = Map.copyOf(hosts);
    }

    /// Whether a host was changed by then.
    boolean isOn(String host, Instant at) {
      var since = hosts.get(host);
      return since != null && !since.isAfter(at);
    }

    private static Injected of(AffectedHosts affected) {
      var injection = affected.injection();
      return new Injected(
          injection.text(),
          injection.isShift(),
          injection instanceof Injection.Creep creep ? creep.over() : Duration.ZERO,
          injection instanceof Injection.SlowLibrary
              ? Optional.of(Platform.LIBRARY)
              : Optional.empty(),
          affected.hosts());
    }
  }

  public Expectations {
    injections = List.copyOf(injections);
    cohortOf = Map.copyOf(cohortOf);
  }

  /// @param end event time of the last record
  /// @param records how many were written by then
  public static Expectations of(
      Fleet fleet, List<AffectedHosts> affected, Instant end, long records) {
    var cohorts = new TreeMap<String, String>();
    if (!affected.isEmpty()) {
      IntStream.range(0, fleet.hosts())
          .filter(
              host -> affected.stream().anyMatch(it -> it.hosts().containsKey(fleet.host(host))))
          .forEach(host -> cohorts.put(fleet.host(host), fleet.cohort(host)));
    }
    return new Expectations(
        fleet.begin(),
        end,
        fleet.hosts(),
        fleet.cohorts(),
        fleet.perMinute(),
        records,
        affected.stream().map(Injected::of).toList(),
        cohorts);
  }

  /// The same, of a simulation that has gone on until now, or has ended before.
  public Expectations until(Instant now) {
    return now.isBefore(end)
        ? new Expectations(begin, now, hosts, cohorts, perMinute, records, injections, cohortOf)
        : this;
  }

  /// Writes the file anew.
  public void write(Path file) throws IOException {
    var json =
        NODES
            .objectNode()
            .put("begin", begin.toString())
            .put("end", end.toString())
            .put("hosts", hosts)
            .put("cohorts", cohorts)
            .put("connectionsPerMinute", perMinute)
            .put("records", records);
    var array = json.putArray("injections");
    for (var injected : injections) {
      var node =
          array
              .addObject()
              .put("text", injected.text())
              .put("shift", injected.shift())
              .put("settledSeconds", injected.settled().toSeconds());
      injected.library().ifPresent(library -> node.put("library", library));
      var affected = node.putArray("hosts");
      new TreeMap<>(injected.hosts())
          .forEach(
              (host, since) ->
                  affected
                      .addObject()
                      .put("host", host)
                      .put("cohort", cohortOf.getOrDefault(host, ""))
                      .put("since", since.toString()));
    }
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }

  /// @throws IOException if the file cannot be read or is not of this form; the message says why
  public static Expectations read(Path file) throws IOException {
    try {
      return of((ObjectNode) JSON.readTree(Files.readString(file)));
    } catch (JsonProcessingException
        | ClassCastException
        | IllegalArgumentException
        | DateTimeException e) {
      throw new IOException(
          "%s was not written by halfsecond simulate: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Expectations of(ObjectNode json) {
    var cohorts = new TreeMap<String, String>();
    var injections =
        each(json, "injections")
            .map(
                node -> {
                  var hosts = new TreeMap<String, Instant>();
                  each(node, "hosts")
                      .forEach(
                          host -> {
                            var name = required(host, "host").asText();
                            hosts.put(name, Instant.parse(required(host, "since").asText()));
                            cohorts.put(name, required(host, "cohort").asText());
                          });
                  return new Injected(
                      required(node, "text").asText(),
                      required(node, "shift").asBoolean(),
                      Duration.ofSeconds(required(node, "settledSeconds").asLong()),
                      Optional.ofNullable(node.get("library")).map(JsonNode::asText),
                      hosts);
                })
            .toList();
    return new Expectations(
        Instant.parse(required(json, "begin").asText()),
        Instant.parse(required(json, "end").asText()),
        required(json, "hosts").asInt(),
        required(json, "cohorts").asInt(),
        required(json, "connectionsPerMinute").asDouble(),
        required(json, "records").asLong(),
        injections,
        cohorts);
  }

  private static JsonNode required(JsonNode node, String field) {
    return Optional.ofNullable(node.get(field))
        .orElseThrow(() -> new IllegalArgumentException("no " + field));
  }

  private static Stream<JsonNode> each(JsonNode node, String field) {
    return StreamSupport.stream(required(node, field).spliterator(), false);
  }
}
