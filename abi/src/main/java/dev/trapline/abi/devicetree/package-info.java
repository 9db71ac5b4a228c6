/** Nodes of a device tree, as devices and services describe themselves to a guest. */
@NullMarked
package dev.trapline.abi.devicetree;

import org.jspecify.annotations.NullMarked;
