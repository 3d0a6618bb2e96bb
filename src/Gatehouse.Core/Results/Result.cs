using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Core.Results;

/// <summary>A value, or the expected refusal that stands in its place.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;
    private readonly Error? _error;

    private Result(T? value, Error? error) => (_value, _error) = (value, error);

    public bool IsOk => _error is null;

    /// <exception cref="InvalidOperationException">The result is a refusal.</exception>
    public T Value => _error is null ? _value! : throw new InvalidOperationException(_error.ToString());

    /// <exception cref="InvalidOperationException">The result is a value.</exception>
    public Error Error => _error ?? throw new InvalidOperationException("The result is a value, not an error.");

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Error? error)
    {
        (value, error) = (_value, _error);
        return _error is null;
    }

    public Result<TOut> Map<TOut>(Func<T, TOut> map) => _error is null ? map(_value!) : _error;

    public Result<TOut> Then<TOut>(Func<T, Result<TOut>> next) => _error is null ? next(_value!) : _error;

    [SuppressMessage("Usage", "CA2225", Justification = "The named alternatives would only repeat the constructor.")]
    public static implicit operator Result<T>(T value) => new(value, null);

    [SuppressMessage("Usage", "CA2225", Justification = "The named alternatives would only repeat the constructor.")]
    public static implicit operator Result<T>(Error error) => new(default, error);
}

public static class Result
{
    /// <summary>For interface types, which C# never converts implicitly.</summary>
    public static Result<T> Ok<T>(T value) => value;
}

/// <summary>The value of a <see cref="Result{T}"/> that has nothing to say but success.</summary>
public readonly record struct Unit
{
    public static Unit Value => default;
}
