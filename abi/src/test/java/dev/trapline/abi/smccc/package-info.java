@NullMarked
package dev.trapline.abi.smccc;

import org.jspecify.annotations.NullMarked;
