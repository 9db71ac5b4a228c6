/** The actor around a firmware service, and the services that come with Trapline. */
@NullMarked
package dev.trapline.firmware;

import org.jspecify.annotations.NullMarked;
