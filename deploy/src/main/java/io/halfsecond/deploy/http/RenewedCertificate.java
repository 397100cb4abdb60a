package io.halfsecond.deploy.http;

import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's key and certificate, read again when a file has changed: certificates are renewed
/// while the process runs. Where the new ones cannot be read, the old ones stay.
final class RenewedCertificate extends X509ExtendedKeyManager {
  private static final Logger LOG = LoggerFactory.getLogger(RenewedCertificate.class);

  private final WebConfig.Tls tls;
  private List<FileTime> times;
  private volatile X509ExtendedKeyManager current;

  private RenewedCertificate(WebConfig.Tls tls) throws IOException {
    this.tls = tls;
    this.times = times(tls);
    this.current = read(tls);
  }

  /// A context of the server's TLS.
  ///
  /// @throws IOException if a file cannot be read or is no PEM; the message names it
  static SSLContext context(WebConfig.Tls tls) throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(
          new RenewedCertificate[] {new RenewedCertificate(tls)},
          tls.clients().isPresent() ? trust(tls.clients().get()) : new TrustManager[0],
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java has no TLS", e);
    }
  }

  private static List<FileTime> times(WebConfig.Tls tls) throws IOException {
    return List.of(
        Files.getLastModifiedTime(tls.certificate()), Files.getLastModifiedTime(tls.key()));
  }

  private static X509ExtendedKeyManager read(WebConfig.Tls tls) throws IOException {
    try {
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      var store =
          pem(
              Map.of(
                  SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
                  DefaultSslEngineFactory.PEM_TYPE,
                  SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                  new Password(Files.readString(tls.certificate())),
                  SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
                  new Password(SecretFile.text(tls.key()))),
              DefaultSslEngineFactory::keystore);
      factory.init(store, new char[0]);
      return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    } catch (GeneralSecurityException | KafkaException e) {
      throw new IOException(
          "%s and %s are not a certificate and its key in PEM: %s"
              .formatted(tls.certificate(), tls.key(), e.getMessage()),
          e);
    }
  }

  static TrustManager[] trust(Path authority) throws IOException {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(
          pem(
              Map.of(
                  SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
                  DefaultSslEngineFactory.PEM_TYPE,
                  SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                  new Password(Files.readString(authority))),
              DefaultSslEngineFactory::truststore));
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | KafkaException e) {
      throw new IOException(
          "%s has no certificates in PEM: %s".formatted(authority, e.getMessage()), e);
    }
  }

  /// Kafka's clients read PEM.
  private static KeyStore pem(
      Map<String, Object> settings, Function<DefaultSslEngineFactory, KeyStore> choice) {
    var definition = new ConfigDef();
    SslConfigs.addClientSslSupport(definition);
    try (var factory = new DefaultSslEngineFactory()) {
      factory.configure(definition.parse(settings));
      return choice.apply(factory);
    }
  }

  private synchronized X509ExtendedKeyManager current() {
    try {
      var now = times(tls);
      if (!now.equals(times)) {
        times = now;
        current = read(tls);
        LOG.info("{} has been renewed", tls.certificate());
      }
    } catch (IOException e) {
      LOG.warn("the certificate stays the old one: {}", e.getMessage());
    }
    return current;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return current().chooseEngineServerAlias(keyType, issuers, engine);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return current().chooseServerAlias(keyType, issuers, socket);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return current.getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return current.getPrivateKey(alias);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return current().getServerAliases(keyType, issuers);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }
}
