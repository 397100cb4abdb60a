package io.halfsecond.deploy.http;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.HttpHandler;

/// Further paths of the server, all below one.
///
/// @param access who may ask, whether the server has users or not
public record Section(String path, HttpHandler handler, Authenticator access) {}
