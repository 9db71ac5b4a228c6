package dev.trapline.launcher.options;

import dev.trapline.abi.machine.Sharing;
import picocli.CommandLine.Option;

/// The option of commands that make a file or a recording from another recording.
public final class ShareOption {

    private Sharing sharing = Sharing.PRIVATE;

    @Option(
            names = "--share",
            order = 3,
            description =
                    "Let other users read the result, as far as the umask allows. Without it, only its " + "owner can.")
    void share(boolean given) {
        sharing = given ? Sharing.UMASK : Sharing.PRIVATE;
    }

    public Sharing sharing() {
        return sharing;
    }
}
