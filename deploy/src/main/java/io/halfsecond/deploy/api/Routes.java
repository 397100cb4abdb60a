package io.halfsecond.deploy.api;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.halfsecond.deploy.api.Route.OfFleet;
import io.halfsecond.deploy.api.Route.OfHost;
import io.halfsecond.deploy.api.Route.Parameter;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.RecordJson;
import io.halfsecond.streams.FleetQueries;
import io.halfsecond.streams.gate.Gate;
import io.halfsecond.streams.gate.GateEvidence;
import io.halfsecond.streams.metric.Present;
import io.halfsecond.streams.query.Baseline;
import io.halfsecond.streams.query.HostOverview;
import io.halfsecond.streams.query.ObjectQuery;
import io.halfsecond.streams.query.Whereabouts;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The table of questions. A question is one row here; server, document and tests follow from it.
public final class Routes {
  static final String PREFIX = "/api/v1";

  static final String HOSTS = "/hosts";
  static final String WHERE = "/where";
  static final String COMPONENTS = "/components";
  static final String ALERTS = "/alerts";

  static final String GATE = "/gate";

  private static final String OBJECT = "object";
  private static final String PACKAGE = "package";
  private static final String VERSION = "version";
  private static final String SHA256 = "sha256";
  private static final String BUILD_ID = "build-id";

  static final String COHORT = "cohort";
  static final String HOST = "host";
  static final String ID = "id";

  /// Stands for a name in a path.
  static final String NAME = "{host}";

  static final TypeReference<FleetAnswer<List<HostOverview>>> HOST_LIST = new TypeReference<>() {};
  static final TypeReference<HostAnswer> HOST_ANSWER = new TypeReference<>() {};
  static final TypeReference<List<Baseline>> BASELINES = new TypeReference<>() {};
  static final TypeReference<JsonNode> RECORD = new TypeReference<>() {};
  static final TypeReference<FleetAnswer<List<JsonNode>>> RECORDS = new TypeReference<>() {};
  static final TypeReference<FleetAnswer<Whereabouts>> WHEREABOUTS = new TypeReference<>() {};
  static final TypeReference<FleetAnswer<List<Component>>> COMPONENT_LIST =
      new TypeReference<>() {};

  static final TypeReference<FleetAnswer<GateEvidence>> GATE_EVIDENCE = new TypeReference<>() {};
  static final TypeReference<FleetAnswer<GateReport>> GATE_REPORT = new TypeReference<>() {};

  static final List<Route> ALL =
      List.of(
          OfFleet.of(
              HOSTS,
              "Lists the hosts.",
              List.of(new Parameter(COHORT, "Only hosts of this cohort.", "debian-12-x86_64")),
              HOST_LIST,
              Routes::hosts,
              (one, other) -> joined(one, other, Comparator.comparing(HostOverview::host)),
              true),
          new OfHost<HostAnswer>(
              HOSTS + "/" + NAME,
              "Describes a host: what it measures now, what changed on it, and its open alerts.",
              HOST_ANSWER,
              Routes::host),
          new OfHost<List<Baseline>>(
              HOSTS + "/" + NAME + "/baselines",
              "Lists the baselines of a host by signal and stratum, with the evidence of a shift.",
              BASELINES,
              (queries, host) ->
                  queries.has(host) ? Optional.of(queries.baselines(host)) : Optional.empty()),
          new OfHost<JsonNode>(
              HOSTS + "/" + NAME + "/fingerprint",
              "Gives the newest fingerprint of a host's sshd: a record of the schema"
                  + " HostFingerprint.",
              RECORD,
              (queries, host) ->
                  queries.history(host).map(HostHistory::getLatest).map(RecordJson::of)),
          OfFleet.of(
              ALERTS,
              "Lists the open alerts, each with its evidence: records of the schema Alert.",
              List.of(
                  new Parameter(HOST, "Only alerts of this host.", "web-17"),
                  new Parameter(
                      ID, "Only the alert with this id, or whose id begins so.", "5f4361d7")),
              RECORDS,
              Routes::alerts,
              (one, other) -> joined(one, other, (_, _) -> 0),
              false),
          OfFleet.of(
              WHERE,
              "Says which hosts have a file in sshd's memory or on disk, which had it, and since"
                  + " when; and which hosts have never said.",
              List.of(
                  new Parameter(
                      OBJECT,
                      "Path of the file, or its name with or without its version.",
                      "liblzma.so.5"),
                  new Parameter(PACKAGE, "Package that owns the file.", "liblzma5"),
                  new Parameter(
                      VERSION, "Version of that package; * and ? stand for any text.", "5.6.*"),
                  new Parameter(SHA256, "SHA-256 of the content, or its first digits.", "a0b1c2d3"),
                  new Parameter(BUILD_ID, "GNU build-id, or its first digits.", "d4e5f6a7")),
              WHEREABOUTS,
              (queries, parameters) -> queries.where(objectQuery(parameters)),
              Whereabouts::plus,
              true),
          OfFleet.of(
              COMPONENTS,
              "Lists the files that the sshd of the fleet's hosts consists of, and on how many"
                  + " hosts each is.",
              List.of(),
              COMPONENT_LIST,
              (queries, _) -> Component.of(queries::fingerprints),
              Component::merged,
              true),
          new OfFleet<GateEvidence, GateReport>(
              GATE,
              "Says whether logins are slower on hosts that got a change in the last week: slower,"
                  + " no slower than a limit, or not known yet. Name one change.",
              List.of(
                  new Parameter(
                      GateQuery.PACKAGE, "Package, with or without =VERSION.", "liblzma5=5.6.1-1"),
                  new Parameter(
                      GateQuery.OBJECT,
                      "File of sshd without directory and version, with or without =SHA256.",
                      "liblzma"),
                  new Parameter(
                      GateQuery.CONFIGURATION, "SHA-256 of sshd's configuration, or any.", "any"),
                  new Parameter(
                      GateQuery.KERNEL, "Release of the kernel, or any.", "6.1.0-49-amd64"),
                  new Parameter(
                      GateQuery.HOSTS, "Names of hosts, separated by commas.", "web-1,web-2"),
                  new Parameter(GateQuery.COHORT, "Only hosts of this cohort.", "debian-12-x86_64"),
                  new Parameter(
                      GateQuery.WITHIN,
                      "A slowdown up to it does not matter; 5ms if not given.",
                      "5ms"),
                  new Parameter(GateQuery.CONFIDENCE, "Of either answer; 99% if not given.", "99%"),
                  new Parameter(
                      GateQuery.SIGNALS,
                      "Labels, separated by commas; all times if not given.",
                      "startup,cpu-startup")),
              GATE_EVIDENCE,
              GATE_REPORT,
              Routes::evidence,
              GateEvidence::plus,
              Routes::report,
              true));

  private Routes() {}

  private static <T> List<T> joined(List<T> one, List<T> other, Comparator<T> order) {
    return Stream.concat(one.stream(), other.stream()).sorted(order).toList();
  }

  private static List<HostOverview> hosts(FleetQueries queries, Parameters parameters) {
    var cohort = parameters.find(COHORT);
    return queries.hosts().stream()
        .filter(host -> cohort.isEmpty() || cohort.get().equals(host.cohort()))
        .toList();
  }

  private static Optional<HostAnswer> host(FleetQueries queries, String name) {
    return queries
        .host(name)
        .map(
            host ->
                new HostAnswer(
                    host,
                    queries.present().host(name).map(Present.Host::signals).orElse(Map.of()),
                    queries.history(name).stream()
                        .flatMap(history -> history.getChanges().stream())
                        .<JsonNode>map(RecordJson::of)
                        .toList(),
                    records(
                        queries.present().alerts().stream()
                            .filter(alert -> alert.getHost().equals(name)))));
  }

  private static List<JsonNode> alerts(FleetQueries queries, Parameters parameters) {
    var host = parameters.find(HOST);
    var id = parameters.find(ID);
    return records(
        queries.present().alerts().stream()
            .filter(alert -> host.isEmpty() || alert.getHost().equals(host.get()))
            .filter(alert -> id.isEmpty() || alert.getAlertId().startsWith(id.get())));
  }

  private static List<JsonNode> records(Stream<Alert> alerts) {
    return alerts.<JsonNode>map(RecordJson::of).toList();
  }

  private static GateEvidence evidence(FleetQueries queries, Parameters parameters) {
    var query = GateQuery.of(parameters);
    return queries.gate(query.question(), query.filter(), query.cohort(), Instant.now());
  }

  private static GateReport report(GateEvidence all, Parameters parameters) {
    var query = GateQuery.of(parameters);
    return GateReport.of(
        Gate.answer(query.question(), all, Instant.now()),
        (double) query.within().toNanos(),
        query.confidence(),
        query.hosts().stream().filter(host -> !all.hosts().containsKey(host)).sorted().toList());
  }

  static Parameters parameters(ObjectQuery query) {
    return Parameters.none()
        .with(OBJECT, query.object())
        .with(PACKAGE, query.packageName())
        .with(VERSION, query.version())
        .with(SHA256, query.sha256())
        .with(BUILD_ID, query.buildId());
  }

  private static ObjectQuery objectQuery(Parameters parameters) {
    return new ObjectQuery(
        parameters.find(OBJECT),
        parameters.find(PACKAGE),
        parameters.find(VERSION),
        parameters.find(SHA256),
        parameters.find(BUILD_ID));
  }
}
