/// The query API of the topology: routes, the OpenAPI document made of them, the server's side and
/// the commands' side.
@NullMarked
package io.halfsecond.deploy.api;

import org.jspecify.annotations.NullMarked;
