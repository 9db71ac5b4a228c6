package dev.trapline.testkit;

import dev.trapline.abi.firmware.KvmRegister;
import java.util.List;

/// The register of a service that has the versions of PSCI.
public final class PsciRegister {

    private PsciRegister() {}

    /// The setting `version`: auto, or 0.1 to 1.3; auto is 1.3, and 0.2 for a resident service.
    public static KvmRegister.Setting setting() {
        KvmRegister.Value inPlace = new KvmRegister.Value(0x2, "0.2");
        KvmRegister.Value last = new KvmRegister.Value(0x1_0003, "1.3");
        List<KvmRegister.Value> versions = List.of(
                new KvmRegister.Value(0x1, "0.1"),
                inPlace,
                new KvmRegister.Value(0x1_0000, "1.0"),
                new KvmRegister.Value(0x1_0001, "1.1"),
                new KvmRegister.Value(0x1_0002, "1.2"),
                last);
        return new KvmRegister.Setting(KvmRegister.Plain.PSCI_VERSION, "version", "auto", versions, last, inPlace);
    }
}
