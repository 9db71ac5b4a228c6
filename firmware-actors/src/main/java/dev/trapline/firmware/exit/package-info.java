/** A simple example of a custom service: a guest ends its run with a status. */
@NullMarked
package dev.trapline.firmware.exit;

import org.jspecify.annotations.NullMarked;
