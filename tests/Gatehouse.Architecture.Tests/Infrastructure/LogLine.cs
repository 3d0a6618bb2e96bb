using System.Reflection;
using Gatehouse.Functions.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>Lines as the app writes them: the product's own messages, through the formatter that the product configures.</summary>
internal static class LogLine
{
    private static readonly Dictionary<int, MethodInfo> Methods = Product.MayReference.Keys
        .SelectMany(project => Product.Load(project).GetTypes())
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null)
        .ToDictionary(method => method.GetCustomAttribute<LoggerMessageAttribute>()!.EventId);

    public static bool IsKnown(int id) => Methods.ContainsKey(id);

    public static LogLevel LevelOf(int id) => Methods[id].GetCustomAttribute<LoggerMessageAttribute>()!.Level;

    /// <param name="values">What the event says, in the order of its parameters after the logger; an enum by its name.</param>
    public static string Of(int id, params object[] values)
    {
        var method = Methods[id];
        var parameters = method.GetParameters().Skip(1).ToList();
        var builder = WebApplication.CreateSlimBuilder();
        ConsoleLogging.Configure(builder);
        using var services = builder.Services.BuildServiceProvider();
        var name = services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName;
        using var text = new StringWriter();
        var logger = new FormattingLogger(services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == name), method.DeclaringType!.Namespace + ".Writer", text);
        method.Invoke(null, [logger, .. parameters.Zip(values, (parameter, value) => parameter.ParameterType.IsEnum ? Enum.Parse(parameter.ParameterType, (string)value) : value)]);
        return text.ToString();
    }

    private sealed class FormattingLogger(ConsoleFormatter console, string category, TextWriter text) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            console.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), null, text);
    }
}
