/** The protocol by which a driver outside runs machines, and its way through the network. */
@NullMarked
package dev.trapline.remote;

import org.jspecify.annotations.NullMarked;
