package dev.trapline.unicorn;

/// What a process runs on.
///
/// @param system as the JVM names it, such as `Linux`
/// @param processor the same, such as `amd64` or `aarch64`
record Host(String system, String processor) {

    /// What this process runs on.
    static Host current() {
        return new Host(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    /// The directory of the machine code for it; empty where there is none.
    String machineCode() {
        return system.equals("Linux") && processor.equals("amd64") ? "x86_64" : "";
    }

    @Override
    public String toString() {
        return system + " on " + processor;
    }
}
