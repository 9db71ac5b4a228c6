@NullMarked
package dev.trapline.abi.registry;

import org.jspecify.annotations.NullMarked;
