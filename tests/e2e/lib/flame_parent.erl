%% A parent as FLAME's pool is one: writes a FLAME_PARENT for one child into a file, and what the
%% child tells into another.
-module(flame_parent).
-export([start/1]).

start([ParentFile, HeardFile]) ->
    Ref = make_ref(),
    Term = #{ref => Ref, pid => self(), backend => 'Elixir.FLAME.EC2Backend',
             flame_vsn => <<"0.5.3">>, backend_app => flame_ec2, backend_vsn => <<"0.1.0">>,
             node_base => <<"hello-flame-0123456789abcdef0123">>, host_env => <<"INSTANCE_IP">>},
    written(ParentFile, base64:encode(term_to_binary(Term))),
    receive
        {Ref, {remote_up, Child}} ->
            written(HeardFile, io_lib:format("up: ~s", [node(Child)])),
            receive forever -> ok end
    end.

written(File, Bytes) ->
    ok = file:write_file(File ++ ".new", Bytes),
    ok = file:rename(File ++ ".new", File).
