package io.halfsecond.deploy.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.bucket4j.Bucket;
import io.halfsecond.deploy.http.HostAndPort;
import io.halfsecond.deploy.http.Responses;
import io.halfsecond.deploy.terminal.Causes;
import io.halfsecond.streams.FleetQueries;
import io.halfsecond.streams.FleetQueries.NotReadyException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Answers the questions of [Routes], read only. What belongs to another instance is asked there.
/// Errors are problems in JSON (RFC 9457).
///
/// Questions are limited to a rate; those that read everything that is stored run one at a time,
/// because they take a core from the topology.
final class Api implements HttpHandler {
  private static final String DOCUMENT = Routes.PREFIX + "/openapi.json";
  private static final String JSON = "application/json";
  private static final long QUESTIONS_A_SECOND = 2_000;
  private static final Duration SCAN_PATIENCE = Duration.ofSeconds(5);

  private record Row(Route route, Pattern path) {
    private static Row of(Route route) {
      return new Row(
          route,
          Pattern.compile(
              Pattern.quote(Routes.PREFIX + route.path()).replace(Routes.NAME, "\\E([^/]+)\\Q")));
    }
  }

  private static final List<Row> ROWS = Routes.ALL.stream().map(Row::of).toList();

  private final FleetQueries queries;
  private final Peers peers;
  private final Semaphore scans = new Semaphore(1, true);
  private final Bucket questions = Limits.perSecond(QUESTIONS_A_SECOND);

  Api(FleetQueries queries, Peers peers) {
    this.queries = queries;
    this.peers = peers;
  }

  /// Why a question is not answered.
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    private Refusal(int status, String why) {
      super(why);
      this.status = status;
    }
  }

  /// An answer before it is sent.
  private record Sent(int status, String body) {
    private static Sent of(Object answer) {
      return new Sent(200, ApiJson.text(answer));
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try {
      var sent = answer(exchange);
      Responses.send(
          exchange, sent.status, sent.status == 200 ? JSON : Problem.MEDIA_TYPE, sent.body);
    } catch (Refusal e) {
      Problem.send(exchange, e.status, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      Problem.send(exchange, 400, String.valueOf(e.getMessage()));
    } catch (NotReadyException e) {
      Problem.send(exchange, 503, String.valueOf(e.getMessage()));
    }
  }

  private Sent answer(HttpExchange exchange) throws Refusal, InterruptedIOException {
    var method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      throw new Refusal(405, "GET or HEAD");
    }
    if (!questions.tryConsume(1)) {
      throw new Refusal(429, "more than %d questions a second".formatted(QUESTIONS_A_SECOND));
    }
    var path = exchange.getRequestURI().getRawPath();
    if (path.equals(DOCUMENT)) {
      return new Sent(200, OpenApi.document());
    }
    for (var row : ROWS) {
      var matcher = row.path.matcher(path);
      if (matcher.matches()) {
        var route = row.route;
        var parameters =
            Parameters.parse(
                exchange.getRequestURI().getRawQuery(),
                route.parameters().stream().map(Route.Parameter::name).toList());
        var question =
            new Question(
                path + parameters.query(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders().containsKey(Peers.FORWARDED));
        try {
          return switch (route) {
            case Route.OfHost<?> ofHost ->
                ofHost(ofHost, PathSegment.decoded(matcher.group(1)), question);
            case Route.OfFleet<?, ?> ofFleet -> ofFleet(ofFleet, parameters, question);
          };
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("the client has waited for too long");
        }
      }
    }
    throw new Refusal(
        404,
        "no such question; there are "
            + Routes.ALL.stream()
                .map(route -> Routes.PREFIX + route.path())
                .collect(Collectors.joining(", ")));
  }

  /// What is asked, to pass it on.
  private record Question(String pathAndQuery, String authorization, boolean forwarded) {}

  private <T> Sent ofHost(Route.OfHost<T> route, String host, Question question)
      throws Refusal, InterruptedException {
    var owner = question.forwarded ? Optional.<InetSocketAddress>empty() : queries.owner(host);
    if (owner.isPresent()) {
      try {
        var response = peers.ask(owner.get(), question.pathAndQuery, question.authorization);
        if (response.statusCode() == 401) {
          throw new Refusal(
              503, "the instance at %s has another token".formatted(HostAndPort.of(owner.get())));
        }
        return new Sent(response.statusCode(), response.body());
      } catch (IOException e) {
        throw new Refusal(503, unreachable(owner.get(), e));
      }
    }
    return Sent.of(
        route
            .answer()
            .of(queries, host)
            .orElseThrow(() -> new Refusal(404, "no host is named " + host)));
  }

  private <P, A> Sent ofFleet(Route.OfFleet<P, A> route, Parameters parameters, Question question)
      throws Refusal, InterruptedException {
    var answer = own(route, parameters);
    if (question.forwarded) {
      return Sent.of(new FleetAnswer<>(answer, List.of()));
    }
    var missing = new ArrayList<String>();
    var instances = queries.instances();
    for (var peer : instances.others()) {
      try {
        var response = peers.ask(peer, question.pathAndQuery, question.authorization);
        if (response.statusCode() == 200) {
          FleetAnswer<P> part = ApiJson.read(response.body(), route.partType());
          answer = route.merge().apply(answer, part.result());
        } else {
          missing.add(
              "the hosts of the instance at %s, which answers with status %d"
                  .formatted(HostAndPort.of(peer), response.statusCode()));
        }
      } catch (JsonProcessingException e) {
        missing.add(
            "the hosts of the instance at %s, whose answer cannot be read: %s"
                .formatted(HostAndPort.of(peer), e.getOriginalMessage()));
      } catch (IOException e) {
        missing.add(unreachable(peer, e));
      }
    }
    if (!instances.complete()) {
      missing.add(
          "hosts of instances that start, or that do not say where to ask them; see"
              + " stream.advertised-http");
    }
    return Sent.of(new FleetAnswer<>(route.finish().of(answer, parameters), missing));
  }

  private <P> P own(Route.OfFleet<P, ?> route, Parameters parameters)
      throws Refusal, InterruptedException {
    if (!route.scan()) {
      return route.part().of(queries, parameters);
    }
    if (!scans.tryAcquire(SCAN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new Refusal(
          503, "others ask about all hosts; only one such question is answered at a time");
    }
    try {
      return route.part().of(queries, parameters);
    } finally {
      scans.release();
    }
  }

  private static String unreachable(InetSocketAddress peer, IOException e) {
    return "the hosts of the instance at %s, which cannot be reached: %s"
        .formatted(HostAndPort.of(peer), Causes.reason(e));
  }
}
