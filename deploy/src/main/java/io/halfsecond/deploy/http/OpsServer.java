package io.halfsecond.deploy.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves metrics and health of a running part, over HTTP or HTTPS:
///
/// | path | answer |
/// |---|---|
/// | `/metrics` | the registry, in the exposition format that the scraper requests |
/// | `/-/healthy` | 200 while the process does its work, else 503 with the reasons, one per line |
/// | `/` | a page for people, if there is one; `?host=NAME` for one host |
/// | `/-/ready` | 200 once everything it needs is available, else 503 with the reasons |
/// | a [Section] | what its handler answers to those that it lets in |
///
/// A client that says nothing, is slow or does not read keeps nobody else from being answered: its
/// connection has a time limit, and makes room when others come, see [Turnstile].
///
/// Without a [WebConfig] there is no authentication: it is then the operator's decision to listen
/// beyond the loopback address. Health is told to everybody, as service managers have no passwords.
public final class OpsServer implements AutoCloseable {
  /// Reasons why a condition does not hold; empty if it holds. Evaluated on every request, from
  /// several threads.
  @FunctionalInterface
  public interface Check {
    List<String> reasonsAgainst();
  }

  /// A page for people, in HTML.
  public interface Page {
    /// @param host that the page is about; empty for all
    /// @return empty if there is no such host
    Optional<String> html(Optional<String> host);

    /// Where another server has the page of a host; empty if this one should have it.
    default Optional<URI> elsewhere(String host) {
      return Optional.empty();
    }

    /// What the browser may load, as the header Content-Security-Policy has it.
    String contentSecurityPolicy();
  }

  private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);

  private static final String HOST = "host=";

  /// Requests that are being read or answered, 15 kB each. Prometheus and a service manager have
  /// one each.
  private static final int MOST_REQUESTS = 64;

  /// Connections that the kernel keeps until they are accepted.
  private static final int BACKLOG = 1_024;

  /// From the first byte of a request to the last of its answer.
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(30);

  /// The JDK's server reads its limits once, when it is first used. What the user sets stays. Its
  /// limit of the time of an answer is not set: it closes the connection of a client that does not
  /// read, waits for the thread that writes to it, and keeps all others waiting meanwhile.
  private static final Map<String, String> LIMITS =
      Map.of(
          // Connections: 1 kB each as long as nothing is sent. No more are accepted.
          "jdk.httpserver.maxConnections", "2048",
          "sun.net.httpserver.maxIdleConnections", "64",
          // Seconds before and between requests. Prometheus asks every 15 s.
          "sun.net.httpserver.idleInterval", "30",
          // Milliseconds between looks at these.
          "sun.net.httpserver.clockTick", "1000",
          // Bytes of a request: line and headers, and what is read of a body that nobody asked for.
          "sun.net.httpserver.maxReqHeaders", "64",
          "sun.net.httpserver.maxReqHeaderSize", "16384",
          "sun.net.httpserver.drainAmount", "16384");

  static {
    LIMITS.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
  }

  private final HttpServer server;
  private final ExecutorService workers;
  private final ExecutorService reaper;

  private OpsServer(HttpServer server, ExecutorService workers, ExecutorService reaper) {
    this.server = server;
    this.workers = workers;
    this.reaper = reaper;
  }

  /// @throws IOException if the address cannot be bound, or a certificate cannot be read; the
  ///   message names it
  public static OpsServer start(
      Endpoint endpoint, PrometheusMeterRegistry registry, Check healthy, Check ready)
      throws IOException {
    return start(endpoint, registry, healthy, ready, Optional.empty(), Optional.empty());
  }

  /// @param page as secret as the metrics: with users, each needs a password
  /// @param section with access of its own
  /// @throws IOException as above
  public static OpsServer start(
      Endpoint endpoint,
      PrometheusMeterRegistry registry,
      Check healthy,
      Check ready,
      Optional<Page> page,
      Optional<Section> section)
      throws IOException {
    var address = endpoint.address();
    var web = endpoint.web();
    var encryption =
        web.tls().isPresent()
            ? Optional.of(RenewedCertificate.context(web.tls().get()))
            : Optional.<SSLContext>empty();
    HttpServer server;
    try {
      // Configured addresses are unresolved, so that a name is resolved when it is needed.
      var bound = new InetSocketAddress(address.getHostString(), address.getPort());
      server =
          encryption.isPresent()
              ? HttpsServer.create(bound, BACKLOG)
              : HttpServer.create(bound, BACKLOG);
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
    // A thread for each request: a scraper that stalls does not hold up the liveness probe.
    var workers = Executors.newVirtualThreadPerTaskExecutor();
    var requests = new Turnstile(MOST_REQUESTS, LONGEST_REQUEST, System::nanoTime);
    var reaper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("halfsecond-http-time").factory());
    var _ = reaper.scheduleAtFixedRate(requests::interruptOverdue, 1, 1, TimeUnit.SECONDS);
    server.setExecutor(
        exchange ->
            workers.execute(
                () -> {
                  try {
                    requests.pass(exchange::run);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
    if (server instanceof HttpsServer https) {
      https.setHttpsConfigurator(new Encryption(encryption.orElseThrow(), web.tls().orElseThrow()));
    }
    var expected = ExpectedHosts.at(server.getAddress());
    var scrape = new Scrape(registry);
    var contexts = new ArrayList<HttpContext>();
    var measured =
        server.createContext(
            "/metrics", exchange -> exactly("/metrics", exchange, () -> scrape.answer(exchange)));
    if (!web.users().isEmpty()) {
      measured.setAuthenticator(new Passwords(web.users()));
    }
    contexts.add(measured);
    contexts.add(
        server.createContext(
            "/-/healthy",
            exchange ->
                exactly("/-/healthy", exchange, () -> answer(exchange, healthy::reasonsAgainst))));
    contexts.add(
        server.createContext(
            "/-/ready",
            exchange ->
                exactly("/-/ready", exchange, () -> answer(exchange, ready::reasonsAgainst))));
    section.ifPresent(
        further -> {
          var context = server.createContext(further.path(), further.handler());
          context.getFilters().add(further.access());
          contexts.add(context);
        });
    var rest =
        server.createContext(
            "/",
            exchange -> {
              if (page.isPresent() && exchange.getRequestURI().getPath().equals("/")) {
                reading(exchange, () -> show(exchange, page.get()));
              } else {
                send(exchange, 404, "/metrics\n/-/healthy\n/-/ready\n");
              }
            });
    contexts.add(rest);
    if (page.isPresent() && !web.users().isEmpty()) {
      rest.setAuthenticator(new Passwords(web.users()));
    }
    var misdirected = new Misdirected(expected);
    // Before whoever asks for a password or a token.
    contexts.forEach(path -> path.getFilters().addFirst(misdirected));
    server.start();
    return new OpsServer(server, workers, reaper);
  }

  /// The address it listens on, with the actual port.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /// `http://host:port`, or `https`
  public String url() {
    return "%s://%s:%d"
        .formatted(
            server instanceof HttpsServer ? "https" : "http",
            address().getAddress().getHostAddress(),
            address().getPort());
  }

  @Override
  public void close() {
    reaper.shutdownNow();
    // First: stopping waits for a thread that writes to a client that does not read.
    workers.shutdownNow();
    server.stop(0);
  }

  /// What is asked of each client.
  private static final class Encryption extends HttpsConfigurator {
    private final WebConfig.Tls tls;

    private Encryption(SSLContext context, WebConfig.Tls tls) {
      super(context);
      this.tls = tls;
    }

    @Override
    public void configure(HttpsParameters parameters) {
      var ssl = getSSLContext().getDefaultSSLParameters();
      ssl.setProtocols(tls.versions().toArray(String[]::new));
      if (tls.clientsRequired()) {
        ssl.setNeedClientAuth(true);
      } else if (tls.clients().isPresent()) {
        ssl.setWantClientAuth(true);
      }
      parameters.setSSLParameters(ssl);
    }
  }

  /// Refuses requests for another host.
  private static final class Misdirected extends Filter {
    private final ExpectedHosts expected;

    private Misdirected(ExpectedHosts expected) {
      this.expected = expected;
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
      if (expected.expect(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host")))) {
        chain.doFilter(exchange);
      } else {
        send(exchange, 421, "ask by address, localhost or the name of this host\n");
      }
    }

    @Override
    public String description() {
      return "answers requests for this host only";
    }
  }

  private interface Handling {
    void run() throws IOException;
  }

  /// The JDK's contexts match by prefix.
  private static void exactly(String path, HttpExchange exchange, Handling handling)
      throws IOException {
    if (exchange.getRequestURI().getPath().equals(path)) {
      reading(exchange, handling);
    } else {
      send(exchange, 404, "not found\n");
    }
  }

  private static void reading(HttpExchange exchange, Handling handling) throws IOException {
    var method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      send(exchange, 405, "GET or HEAD\n");
    } else {
      try {
        handling.run();
      } catch (RuntimeException e) {
        // The JDK's server would close the connection, and say nothing.
        LOG.error("{} is not answered", exchange.getRequestURI().getPath(), e);
        send(exchange, 500, "it cannot be answered: the log says why\n");
      }
    }
  }

  private static void answer(HttpExchange exchange, Supplier<List<String>> reasons)
      throws IOException {
    var against = reasons.get();
    if (against.isEmpty()) {
      send(exchange, 200, "ok\n");
    } else {
      send(exchange, 503, String.join("\n", against) + "\n");
    }
  }

  private static void show(HttpExchange exchange, Page page) throws IOException {
    var host = host(exchange.getRequestURI().getRawQuery());
    var html = page.html(host);
    var headers = exchange.getResponseHeaders();
    if (html.isEmpty()) {
      var elsewhere = host.flatMap(page::elsewhere);
      if (elsewhere.isPresent()) {
        headers.set("Location", elsewhere.get().toString());
        send(exchange, 302, "another instance has this host\n");
      } else {
        send(exchange, 404, "no such host\n");
      }
      return;
    }
    headers.set("Content-Security-Policy", page.contentSecurityPolicy());
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cache-Control", "no-store");
    Responses.send(exchange, 200, "text/html", html.get());
  }

  private static Optional<String> host(@Nullable String query) {
    return query == null || !query.startsWith(HOST)
        ? Optional.empty()
        : Optional.of(URLDecoder.decode(query.substring(HOST.length()), StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    Responses.send(exchange, status, "text/plain", text);
  }
}
