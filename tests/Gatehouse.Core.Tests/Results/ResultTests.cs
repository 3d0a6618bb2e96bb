using Gatehouse.Core.Results;
using Xunit;

namespace Gatehouse.Core.Tests.Results;

public class ResultTests
{
    private static readonly Error Refusal = new(ErrorKind.Invalid, "bad-thing", "It is bad.", "thing");

    [Fact]
    public void Value_OfARefusal_ThrowsWithItsText()
    {
        Result<int> refused = Refusal;

        Assert.False(refused.IsOk);
        Assert.Equal("bad-thing (thing): It is bad.", Assert.Throws<InvalidOperationException>(() => refused.Value).Message);
    }

    [Fact]
    public void Error_OfAValue_Throws()
    {
        Result<int> value = 5;

        Assert.Equal(5, value.Value);
        Assert.Throws<InvalidOperationException>(() => value.Error);
    }

    [Fact]
    public void TryGet_Both_GivesExactlyOne()
    {
        Assert.True(((Result<string>)"x").TryGet(out var value, out var none));
        Assert.False(((Result<string>)Refusal).TryGet(out var nothing, out var error));
        Assert.Equal(("x", null, null, Refusal), (value, none, nothing, error));
    }

    [Fact]
    public void MapAndThen_RunOnlyOnValues()
    {
        Assert.Equal("6", ((Result<int>)5).Map(value => value + 1).Then(value => (Result<string>)value.ToString()).Value);
        Assert.Same(Refusal, ((Result<int>)Refusal).Map(Fail<string>).Error);
        Assert.Same(Refusal, ((Result<int>)Refusal).Then(Fail<Result<string>>).Error);
        Assert.Same(Refusal, ((Result<int>)5).Then(_ => (Result<string>)Refusal).Error);
    }

    [Fact]
    public void Ok_OfAnInterface_IsAValue() => Assert.Equal([1], Result.Ok<IReadOnlyList<int>>([1]).Value);

    [Fact]
    public void ErrorText_WithoutField_LeavesItOut() => Assert.Equal("bad-thing: It is bad.", (Refusal with { Field = null }).ToString());

    private static T Fail<T>(int value) => throw new InvalidOperationException($"Called with {value}.");
}
