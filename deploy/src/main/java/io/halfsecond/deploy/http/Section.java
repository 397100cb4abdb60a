package io.halfsecond.deploy.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpHandler;

/// Further paths of the server, all below one.
///
/// @param access lets in who may ask, whether the server has users or not, and answers the others
public record Section(String path, HttpHandler handler, Filter access) {}
