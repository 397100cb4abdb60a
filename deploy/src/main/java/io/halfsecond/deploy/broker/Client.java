package io.halfsecond.deploy.broker;

import io.halfsecond.deploy.broker.FirstContact.UnusableException;
import io.halfsecond.deploy.terminal.Causes;
import java.io.IOException;
import java.net.Socket;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/// How Kafka's clients are set to speak, read by Kafka's own classes.
final class Client {
  private final AdminClientConfig config;

  /// @throws UnusableException if a setting cannot be used
  Client(String bootstrapServers, Map<String, String> kafka) {
    var settings = new HashMap<String, Object>(kafka);
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try {
      config = new AdminClientConfig(settings);
    } catch (KafkaException e) {
      throw new UnusableException(Causes.text(e), "check kafka.* of the configuration");
    }
  }

  SecurityProtocol protocol() {
    return SecurityProtocol.forName(config.getString(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG));
  }

  String mechanism() {
    return config.getString(SaslConfigs.SASL_MECHANISM);
  }

  boolean hasTls() {
    return protocol() == SecurityProtocol.SSL || protocol() == SecurityProtocol.SASL_SSL;
  }

  boolean hasUser() {
    return protocol() == SecurityProtocol.SASL_PLAINTEXT || protocol() == SecurityProtocol.SASL_SSL;
  }

  /// TLS over a socket, which is closed with it. The handshake is still to come.
  ///
  /// @throws UnusableException if the stores cannot be used
  SSLSocket inTls(Socket socket, String host) throws IOException {
    try (var stores = new DefaultSslEngineFactory()) {
      stores.configure(config.values());
      var tls =
          (SSLSocket)
              stores
                  .sslContext()
                  .getSocketFactory()
                  .createSocket(socket, host, socket.getPort(), true);
      var parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm(
          Optional.ofNullable(
                  config.getString(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG))
              .orElse(""));
      tls.setSSLParameters(parameters);
      return tls;
    } catch (KafkaException e) {
      throw new UnusableException(
          "the certificates of kafka.ssl.* cannot be used: " + Causes.text(e),
          "check kafka.ssl.truststore.*, kafka.ssl.keystore.* and their files");
    }
  }

  /// The name by which brokers know it: of the login, or the subject of the certificate; empty if
  /// the settings do not tell it.
  Optional<String> user() {
    if (protocol() == SecurityProtocol.PLAINTEXT) {
      return Optional.of(KafkaPrincipal.ANONYMOUS.getName());
    }
    try (var stores = new DefaultSslEngineFactory()) {
      if (hasUser()) {
        return JaasContext.loadClientContext(config.values()).configurationEntries().stream()
            .flatMap(entry -> Optional.ofNullable(entry.getOptions().get("username")).stream())
            .map(Object::toString)
            .findFirst();
      }
      stores.configure(config.values());
      var store = stores.keystore();
      if (store == null) {
        return Optional.of(KafkaPrincipal.ANONYMOUS.getName());
      }
      for (var alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)
            && store.getCertificate(alias) instanceof X509Certificate certificate) {
          return Optional.of(certificate.getSubjectX500Principal().getName());
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException | KafkaException | KeyStoreException _) {
      return Optional.empty();
    }
  }

  /// @throws UnusableException if it has a user without a login that can be read
  void requireLogin() {
    if (hasUser()) {
      try {
        var _ = JaasContext.loadClientContext(config.values());
      } catch (IllegalArgumentException | KafkaException e) {
        throw new UnusableException(
            "the login of kafka.sasl.jaas.config cannot be used: " + Causes.text(e),
            "put one line into the file of kafka.sasl.jaas.config-file, such as"
                + " org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"collector\" password=\"…\";");
      }
    }
  }
}
