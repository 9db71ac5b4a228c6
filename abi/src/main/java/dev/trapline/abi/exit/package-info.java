/** Why a slice of guest execution ended: a closed set of neutral facts, with no opinion on what follows. */
@NullMarked
package dev.trapline.abi.exit;

import org.jspecify.annotations.NullMarked;
