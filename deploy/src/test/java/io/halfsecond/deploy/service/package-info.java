@NullMarked
package io.halfsecond.deploy.service;

import org.jspecify.annotations.NullMarked;
