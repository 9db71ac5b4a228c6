/** The one actor behind which every firmware service lives, and the host it shares with services that are resident. */
@NullMarked
package dev.trapline.firmware;

import org.jspecify.annotations.NullMarked;
