package dev.trapline.architecture.sample.launcher;

import dev.trapline.architecture.sample.testkit.TestkitOffender;
import dev.trapline.architecture.sample.unicorn.TalkingEngine;
import dev.trapline.architecture.sample.vcpu.VcpuOffender;
import java.util.List;

/// A module below depends on it, which makes a cycle; it names an engine where no engine may be chosen; and it uses the
/// testkit.
public record LauncherOffender(List<VcpuOffender> below, TalkingEngine engine, TestkitOffender test) {}
