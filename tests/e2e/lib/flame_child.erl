%% A child as FLAME's terminator makes one: reads FLAME_PARENT, connects to the parent's node every
%% 100 ms for at most 20 s, tells that it is up, and stops when the parent is gone.
-module(flame_child).
-export([start/0]).

start() ->
    Encoded = os:getenv("FLAME_PARENT"),
    #{ref := Ref, pid := Parent, backend := Backend, node_base := Base, host_env := HostEnv} =
        binary_to_term(base64:decode(Encoded)),
    Expected = list_to_atom(binary_to_list(Base) ++ "@" ++ os:getenv(binary_to_list(HostEnv))),
    io:format("CHILD ~s of ~s, backend ~s, named rightly: ~s~n",
              [node(), node(Parent), Backend, node() =:= Expected]),
    case connect(node(Parent), 200) of
        true ->
            monitor(process, Parent),
            Parent ! {Ref, {remote_up, self()}},
            io:format("CHILD connected~n"),
            receive {'DOWN', _, process, Parent, Reason} -> io:format("CHILD parent gone: ~p~n", [Reason]) end;
        false ->
            io:format("CHILD could not connect~n")
    end,
    init:stop().

connect(_, 0) -> false;
connect(Node, Tries) ->
    case net_kernel:connect_node(Node) of
        true -> true;
        _ -> timer:sleep(100), connect(Node, Tries - 1)
    end.
