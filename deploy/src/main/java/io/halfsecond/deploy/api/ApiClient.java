package io.halfsecond.deploy.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.halfsecond.deploy.terminal.Causes;
import io.halfsecond.streams.query.Baseline;
import io.halfsecond.streams.query.HostOverview;
import io.halfsecond.streams.query.ObjectQuery;
import io.halfsecond.streams.query.Whereabouts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Asks the topology.
public final class ApiClient {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final URI topology;
  private final Path token;
  private final HttpClient client;

  /// @param topology `http://HOST:PORT` or `https`
  /// @param token file with the token
  /// @param trusted authorities of the topology's certificate; empty for Java's own
  public ApiClient(URI topology, Path token, Optional<SSLContext> trusted) {
    this.topology = topology;
    this.token = token;
    this.client = Peers.client(trusted);
  }

  /// All hosts.
  ///
  /// @param cohort only hosts of it; empty for all
  /// @throws ApiException if there is no answer; the message says why and what helps
  public FleetAnswer<List<HostOverview>> hosts(Optional<String> cohort)
      throws InterruptedException {
    return get(
        Routes.HOSTS + Parameters.none().with(Routes.COHORT, cohort).query(), Routes.HOST_LIST);
  }

  /// The baselines of a host.
  ///
  /// @throws ApiException as above, and if there is no such host
  public List<Baseline> baselines(String host) throws InterruptedException {
    return get(ofHost(host) + "/baselines", Routes.BASELINES);
  }

  /// Which hosts have a file.
  ///
  /// @throws ApiException as above
  public FleetAnswer<Whereabouts> where(ObjectQuery query) throws InterruptedException {
    return get(Routes.WHERE + Routes.parameters(query).query(), Routes.WHEREABOUTS);
  }

  /// What the sshd of all hosts consists of.
  ///
  /// @throws ApiException as above
  public FleetAnswer<List<Component>> components() throws InterruptedException {
    return get(Routes.COMPONENTS, Routes.COMPONENT_LIST);
  }

  /// Whether logins are slower on hosts with a change.
  ///
  /// @throws ApiException as above
  public FleetAnswer<GateReport> gate(GateQuery query) throws InterruptedException {
    return get(Routes.GATE + query.parameters().query(), Routes.GATE_REPORT);
  }

  private static String ofHost(String host) {
    return Routes.HOSTS + "/" + PathSegment.encoded(host);
  }

  private <T> T get(String pathAndQuery, TypeReference<T> type) throws InterruptedException {
    var uri = topology.resolve(Routes.PREFIX + pathAndQuery);
    try {
      var response =
          client.send(
              HttpRequest.newBuilder(uri)
                  .timeout(PATIENCE)
                  .header("Authorization", "Bearer " + token())
                  .build(),
              BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        int status = response.statusCode();
        throw new ApiException(refusal(status, response.body()), status == 429 || status >= 500);
      }
      return ApiJson.read(response.body(), type);
    } catch (ConnectException e) {
      throw new ApiException(
          "nothing answers at %s; name the topology with api.url, and see that halfsecond stream runs"
              .formatted(topology),
          true,
          e);
    } catch (JsonProcessingException e) {
      throw new ApiException(
          "the topology at %s answers what this version cannot read: %s"
              .formatted(topology, e.getOriginalMessage()),
          false,
          e);
    } catch (IOException e) {
      throw new ApiException(
          "the topology at %s does not answer: %s".formatted(topology, Causes.reason(e)), true, e);
    }
  }

  private String token() {
    try {
      return ApiToken.read(token);
    } catch (NoSuchFileException e) {
      throw new ApiException(
          "no token of the API at %s; copy it from the topology's machine and name it with api.token-file"
              .formatted(token),
          false,
          e);
    } catch (IOException e) {
      throw new ApiException("cannot read the token of the API: " + Causes.reason(e), false, e);
    }
  }

  private String refusal(int status, String body) {
    return switch (status) {
      case 401 -> "the topology at %s does not know the token in %s".formatted(topology, token);
      case 404 -> detail(body).orElse("the topology at %s has no query API".formatted(topology));
      default ->
          "the topology at %s answers with status %d: %s"
              .formatted(topology, status, detail(body).orElse("no reason"));
    };
  }

  private static Optional<String> detail(String body) {
    try {
      return Optional.of(ApiJson.MAPPER.readTree(body))
          .map(problem -> problem.get("detail"))
          .filter(JsonNode::isTextual)
          .map(JsonNode::textValue);
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }
}
