using Gatehouse.Azure.Arm.Budget;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Azure.Tests.Arm.Budget;

public class ArmAllowanceTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Take_Burst_GoesAtOnceThenAtTheRate()
    {
        var allowance = new ArmAllowance(3, 2, _clock);

        Assert.Equal(3, TakeAll(allowance));
        Assert.Equal(TimeSpan.FromMilliseconds(500), allowance.TryTake());
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(1, TakeAll(allowance));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, TakeAll(allowance));
    }

    [Fact]
    public void Learn_LessThanWeThought_CountsAndMoreDoesNot()
    {
        var allowance = new ArmAllowance(100, 1, _clock);

        allowance.Learn(11999);
        allowance.Learn(2);

        Assert.Equal(2, TakeAll(allowance));
    }

    [Fact]
    public void Learn_Nothing_WaitsForTheFirstToComeBack()
    {
        var allowance = new ArmAllowance(100, 10, _clock);

        allowance.Learn(-1);

        Assert.Equal(TimeSpan.FromMilliseconds(100), allowance.TryTake());
    }

    [Fact]
    public void Block_UntilItIsOver_NothingGoesAndThenOneByOne()
    {
        var allowance = new ArmAllowance(100, 10, _clock);

        allowance.Block(TimeSpan.FromSeconds(30));

        Assert.Equal(TimeSpan.FromSeconds(30), allowance.TryTake());
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(TimeSpan.FromMilliseconds(100), allowance.TryTake());
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, TakeAll(allowance));
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, TakeAll(allowance));
    }

    [Fact]
    public void Block_AShorterOneAfterALongerOne_ChangesNothing()
    {
        var allowance = new ArmAllowance(100, 10, _clock);

        allowance.Block(TimeSpan.FromSeconds(30));
        allowance.Block(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(30), allowance.TryTake());
    }

    private static int TakeAll(ArmAllowance allowance)
    {
        var taken = 0;
        while (allowance.TryTake() == TimeSpan.Zero)
        {
            taken++;
        }

        return taken;
    }
}
