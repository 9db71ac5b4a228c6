package dev.trapline.launcher.options;

import dev.trapline.abi.machine.Sharing;
import picocli.CommandLine.Option;

/// The option of every command that makes a recording, or a file of one, of another one.
public final class ShareOption {

    private Sharing sharing = Sharing.PRIVATE;

    @Option(
            names = "--share",
            order = 3,
            description = "Let others read what is made, as far as the umask does. Without: its owner alone.")
    void share(boolean given) {
        sharing = given ? Sharing.UMASK : Sharing.PRIVATE;
    }

    public Sharing sharing() {
        return sharing;
    }
}
