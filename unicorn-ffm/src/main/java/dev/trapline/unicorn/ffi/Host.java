package dev.trapline.unicorn.ffi;

/// The platform of a process.
///
/// @param system the operating system, with the JVM's name for it, such as `Linux`
/// @param processor the processor, with the JVM's name for it, such as `amd64` or `aarch64`
public record Host(String system, String processor) {

    /// The platform of this process.
    public static Host current() {
        return new Host(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    /// The directory of the machine code for it; empty if there is none.
    public String machineCode() {
        return system.equals("Linux") && processor.equals("amd64") ? "x86_64" : "";
    }

    @Override
    public String toString() {
        return system + " on " + processor;
    }
}
