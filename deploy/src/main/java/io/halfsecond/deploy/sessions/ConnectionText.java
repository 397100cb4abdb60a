package io.halfsecond.deploy.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.OpenedSession;
import io.halfsecond.schemas.Printable;
import io.halfsecond.schemas.RecordJson;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SourceNetwork;
import io.halfsecond.schemas.StartedProgram;
import io.halfsecond.schemas.UserClass;
import io.halfsecond.streams.alert.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/// A connection in words, and as JSON.
public final class ConnectionText {
  private ConnectionText() {}

  /// The connection on one line, and below it a line for each session.
  public static List<String> lines(KnownConnection connection) {
    var lines = new ArrayList<String>();
    lines.add(line(connection));
    connection
        .ended()
        .ifPresent(
            end -> {
              int number = 0;
              for (var session : end.getOpenedSessions()) {
                lines.add("  session %d  %s".formatted(++number, session(session)));
              }
              if (end.getSessions() > number) {
                lines.add("  " + Words.count(end.getSessions() - number, "more session"));
              }
            });
    return lines;
  }

  private static String line(KnownConnection connection) {
    var decided = connection.decided();
    var ended = connection.ended();
    return Stream.of(
            Words.time(connection.connectedAt()),
            Printable.of(connection.host()),
            String.valueOf(
                decided
                    .<Object>map(AuthTiming::getOutcome)
                    .orElseGet(() -> ended.orElseThrow().getOutcome())),
            word(
                decided
                    .map(AuthTiming::getMethod)
                    .orElseGet(() -> ended.orElseThrow().getMethod())),
            who(
                decided
                    .map(AuthTiming::getUserClass)
                    .orElseGet(() -> ended.orElseThrow().getUserClass()),
                decided.flatMap(AuthTiming::getUserPseudonym)),
            from(decided),
            named("key", decided.flatMap(AuthTiming::getKeyPseudonym)),
            length(connection),
            ended
                .flatMap(SessionCpu::getTotalCpuNanos)
                .map(nanos -> Words.nanos(nanos.doubleValue()) + " CPU")
                .orElse(""),
            "by " + connection.witness().evidence(),
            connection.isComplete() ? "" : "incomplete")
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("  "));
  }

  private static String length(KnownConnection connection) {
    if (connection.isOpen()) {
      return "open";
    }
    return connection.ended().map(end -> span(Duration.ofNanos(end.getWallNanos()))).orElse("");
  }

  private static String span(Duration length) {
    return length.toSeconds() < 60 ? Words.nanos((double) length.toNanos()) : Words.span(length);
  }

  private static String word(Method method) {
    return method == Method.UNKNOWN ? "" : method.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String who(UserClass kind, Optional<String> pseudonym) {
    var words =
        switch (kind) {
          case ROOT -> "root";
          case INVALID -> "invalid user";
          case VALID -> "user";
          case UNKNOWN -> "";
        };
    return kind == UserClass.ROOT || pseudonym.isEmpty()
        ? words
        : named(words.isEmpty() ? "user" : words, pseudonym);
  }

  private static String from(Optional<AuthTiming> decided) {
    var source = named("from", decided.flatMap(AuthTiming::getSourcePseudonym));
    boolean outside =
        decided.map(AuthTiming::getSourceNetwork).filter(SourceNetwork.OUTSIDE::equals).isPresent();
    return outside ? (source.isEmpty() ? "from outside" : source + " (outside)") : source;
  }

  private static String named(String word, Optional<String> pseudonym) {
    return pseudonym.map(name -> word + " " + Printable.of(name)).orElse("");
  }

  private static String session(OpenedSession session) {
    var length =
        session
            .getWallNanos()
            .map(nanos -> span(Duration.ofNanos(nanos)))
            .orElse("its end was not seen");
    var programs =
        session.getPrograms().stream().map(ConnectionText::program).collect(Collectors.toList());
    if (session.getFurtherStarts() > 0) {
      programs.add(Words.count(session.getFurtherStarts(), "further start"));
    }
    if (!session.getComplete()) {
      programs.add("perhaps more");
    }
    return "%s  %s  %s"
        .formatted(
            Words.time(session.getStartedAt()),
            length,
            programs.isEmpty() ? "no program" : String.join(", ", programs));
  }

  private static String program(StartedProgram program) {
    var path = Printable.of(program.getPath());
    return program.getStarts() == 1 ? path : "%s ×%,d".formatted(path, program.getStarts());
  }

  /// Both records under their own names, on one line; null for one that is missing.
  public static String json(KnownConnection connection) {
    var json = JsonNodeFactory.instance.objectNode();
    json.set("decided", connection.decided().map(ConnectionText::node).orElse(null));
    json.set("ended", connection.ended().map(ConnectionText::node).orElse(null));
    return Printable.json(json.toString());
  }

  private static JsonNode node(SpecificRecord record) {
    return RecordJson.of(record);
  }
}
