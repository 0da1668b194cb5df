package dev.tarn.cli;

import picocli.CommandLine;

/** The tree of all commands, put together by hand. */
final class Commands {
    private Commands() {}

    static CommandLine create(TarnCommand root, Console console) {
        CommandLine commands = new CommandLine(root)
                .addSubcommand(new ConfigCommand(console))
                .addSubcommand(new VersionCommand(console))
                .addSubcommand(new ExitCodesCommand(console))
                .addSubcommand(new CommandLine.HelpCommand());
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setAbbreviatedOptionsAllowed(false);
        addHelp(commands);
        return commands;
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.getSubcommands().values().forEach(Commands::addHelp);
    }
}
